// Note when the reader last pressed something: what the browser would say by itself waits a moment
// behind that (pages/browser/store.js, layers/map/assets/report.js). Two words right behind one
// another are one message to Streamlit, or the second breaks off the run of the first, unheard.
window.atlasPresses ??= ["pointerdown", "pointerup", "keydown"].map((event) =>
  window.addEventListener(event, () => { window.atlasPressed = Date.now(); }, true));
