// Copies the address of the view at a click, and says so; where the browser forbids it, shows the
// address for copying by hand. No text of the data stands here.
if (!window.atlasCopies) {
  window.atlasCopies = true;
  const SHOWN_MS = 3000;

  const address = (button) => {
    const now = new URL(location.href);
    // A bar without a version holds a link of the first form, or a typed one: nothing has been
    // written since the button was drawn, so the button knows the short form.
    if (!now.searchParams.has("v")) now.search = button.dataset.query;
    now.hash = "";
    return now.href;
  };

  // Plain http on another host has no clipboard: https://w3c.github.io/clipboard-apis/#navigator-interface
  const byHand = (field) => {
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  };

  const copy = async (button) => {
    const place = button.parentElement;
    const [status, label] = [place.querySelector("[role=status]"), place.querySelector("label")];
    const field = label.querySelector("input");
    let copied = true;
    field.value = address(button);
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      label.hidden = false;
      copied = byHand(field);
    }
    label.hidden = copied;
    status.textContent = copied ? button.dataset.done : label.textContent;
    if (!copied) return;
    const name = (button.dataset.name ??= button.textContent);
    button.textContent = button.dataset.done;
    clearTimeout(button.atlasTimer);
    button.atlasTimer = setTimeout(() => {
      button.textContent = name;
      status.textContent = "";
    }, SHOWN_MS);
    if (place.contains(document.activeElement)) button.focus();
  };

  const putAway = (but) => {
    for (const label of document.querySelectorAll(".copy-link label")) {
      if (label !== but) label.hidden = true;
    }
  };

  document.addEventListener("click", (event) => {
    putAway(event.target.closest?.(".copy-link label"));
    const button = event.target.closest?.(".copy-link button");
    if (button) copy(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") putAway(null);
  });
}
