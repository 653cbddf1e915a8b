// Note when the reader last pressed something: what the browser would say by itself waits a moment
// behind that (pages/browser/store.js, layers/map/assets/report.js). A run that is asked for within
// some 50 ms after a click makes Streamlit 1.67 end the click's own run, now and then before anybody
// has heard of the click: `AppSession.request_rerun` stops the runner, and what it had been given.
window.atlasPresses ??= ["pointerdown", "pointerup", "keydown"].map((event) =>
  window.addEventListener(event, () => { window.atlasPressed = Date.now(); }, true));
