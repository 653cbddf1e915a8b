// Copies a picture to the clipboard at a click, and says so; where the browser forbids it (plain http
// on another host has no clipboard), says that the file beside the button is the way.
if (!window.atlasPictures) {
  window.atlasPictures = true;

  const blob = async (image) => (await fetch(image.src)).blob();

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy-picture button");
    if (!button) return;
    const place = button.parentElement, status = place.querySelector("[role=status]");
    try {
      // The promise itself, for browsers that want it within the click.
      const picture = blob(place.querySelector("img"));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      status.textContent = button.dataset.done;
    } catch {
      status.textContent = button.dataset.failed;
    }
  });
}
