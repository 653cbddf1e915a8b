// Note when the reader last pressed something: what the browser would say by itself waits a moment
// behind that (pages/browser/store.js, layers/map/assets/report.js). A run that is asked for before
// the click's own has reached its callbacks (some 50 ms, on a busy machine a second) makes Streamlit
// 1.67 drop the click: `AppSession.request_rerun` stops the runner, and what it had been given.
window.atlasPresses ??= ["pointerdown", "pointerup", "keydown"].map((event) =>
  window.addEventListener(event, () => { window.atlasPressed = Date.now(); }, true));
