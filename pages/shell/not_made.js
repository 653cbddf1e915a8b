// Lets stand that a download could not be made: Streamlit takes its own line away after five
// seconds. It goes with the next click on that button. No text of the data stands here.
if (!window.atlasNotMade) {
  window.atlasNotMade = true;
  const TOLD = '[data-testid="stDownloadButtonError"]';
  const BUTTON = '[data-testid="stDownloadButton"]';
  const WORDED_MS = 50; // until words.js has said it in the language of the page

  const keep = (place, told) => {
    place.querySelector(".not-made")?.remove();
    const line = document.createElement("p");
    line.className = "not-made";
    line.setAttribute("role", "alert");
    line.textContent = told;
    place.append(line);
  };

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        const told = node.nodeType === Node.ELEMENT_NODE && (node.matches(TOLD) ? node : node.querySelector(TOLD));
        const place = told && told.closest(BUTTON);
        if (place) setTimeout(() => { keep(place, told.textContent); told.hidden = true; }, WORDED_MS);
      }
    }
  }).observe(document.body, { subtree: true, childList: true });
  document.addEventListener("click", (event) => {
    event.target.closest?.(BUTTON)?.querySelector(".not-made")?.remove();
  }, true);
}
