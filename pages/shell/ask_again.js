// Ask once more for a page that Streamlit has emptied, as Back would; the session stays.
// A map's word that reaches the server after its page has been left makes Streamlit 1.67 clear the
// page that is shown and stop there ("Couldn't find fragment with id").
window.atlasStandsStill ??= setInterval(() => {
  const { testScriptState, testConnectionState } =
    document.querySelector('[data-testid="stApp"]')?.dataset ?? {};
  const still = testScriptState === "notRunning" && testConnectionState === "CONNECTED";
  const shown = document.querySelector(  // but for the number of the run, which is no content
    '[data-testid="stMain"] [data-testid="stElementContainer"]:not(.st-key-atlas_run)');
  window.atlasEmptyTicks = still && !shown ? (window.atlasEmptyTicks ?? 0) + 1 : 0;
  if (window.atlasEmptyTicks === 2) window.dispatchEvent(new PopStateEvent("popstate"));
}, 700);
