// Lets the keyboard lead from the search field into its suggestions: Enter takes the first, Down and
// Up move, Escape leads back to the field.
if (!window.atlasFinds) {
  window.atlasFinds = true;
  const PATIENCE_MS = 2000;
  const STEP_MS = 60;
  const hits = () => [...document.querySelectorAll(".st-key-hits button")];
  const field = () => document.querySelector(".st-key-search input");
  let typed = 0;

  // The suggestions follow the field at some distance: wait until the screen has caught up.
  const settled = () =>
    Date.now() - typed > 300 &&
    document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning";

  const takeFirst = (until) => {
    if (settled() && hits().length) hits()[0].click();
    else if (Date.now() < until) setTimeout(takeFirst, STEP_MS, until);
  };

  document.addEventListener("input", (event) => {
    if (event.target === field()) typed = Date.now();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const inField = event.target === field();
    const at = hits().indexOf(event.target);
    if (!inField && at < 0) return;
    if (inField && event.key === "Enter" && field().value) takeFirst(Date.now() + PATIENCE_MS);
    if (event.key === "Escape" && at >= 0) field().focus();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = inField ? 0 : at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? field() : hits()[next])?.focus();
  });
}
