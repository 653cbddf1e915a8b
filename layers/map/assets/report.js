// What the map tells the page, and when: a click at once; where the reader has moved it, once nobody
// is pressing anything; nothing else. Streamlit sends what is said within one turn of the browser's
// clock as one message, and takes all of it for the map's: a click beside the map that falls in
// with a word of the map's own would run the map alone, and nobody would hear of the click.
(function (A) {
  "use strict";

  const STILL_MS = 400;  // since the last press beside the map
  const AGAIN_MS = 120;
  // A serial number makes every click a new event: the host would otherwise keep the last value.
  // It starts at the time, for a map that is made anew in one session.
  let clicks = Date.now(), send = null, waiting = 0, told = "", clicked = "";

  const known = () => window.__GLOBAL_DATA__;

  function announce(layer, feature) {
    layer.on("click", () => { feature.properties.t = ++clicks; });
  }

  // What the reader did with a feature reaches the page at once: the host's own way waits a
  // quarter of a second, finds this value sent, and stays silent.
  function hand(feature) {
    feature.properties.t = ++clicks;
    known().last_active_drawing = feature;
    known().previous_data = current();
    report(known().previous_data);
  }

  function current() {
    const map = A.main.map, { last_active_drawing: drawing, selected_tags: tags } = known();
    return { last_active_drawing: drawing, zoom: map.getZoom(), center: map.getCenter(), selected_tags: tags };
  }

  const serialOf = ({ last_active_drawing: drawing }) => String((drawing && drawing.properties.t) || "");
  const stands = ({ zoom, center, selected_tags: tags }) => JSON.stringify([zoom, center, tags]);

  // The host reports every rest of the map, also one that the page has ordered itself.
  function report(value) {
    if (serialOf(value) !== clicked) tell(value);
    else if (moved(value)) soon();
  }

  function moved(value) {
    return Boolean(value.selected_tags && value.selected_tags.length) && stands(value) !== told;
  }

  function tell(value) {
    window.clearTimeout(waiting);
    clicked = serialOf(value);
    told = stands(value);
    send(value);
  }

  function soon() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      if (!moved(current())) return;
      if (isBusy()) soon();
      else tell(current());
    }, AGAIN_MS);
  }

  // Shown by a stranger, the map sees nothing of the page.
  function page() {
    try {
      return window.parent.document.defaultView;
    } catch {
      return window;
    }
  }

  function isBusy() {
    const app = page().document.querySelector("[data-test-script-state]");
    const runs = app && app.dataset.testScriptState !== "notRunning";
    return runs || Date.now() - (page().atlasPressed || 0) < STILL_MS;  // see pages/shell/presses.js
  }

  function listen() {
    const { Streamlit } = window;
    send = Streamlit.setComponentValue;
    Streamlit.setComponentValue = report;
  }

  Object.assign(A, { announce: announce, hand: hand, listen: listen });
})(window.ATLAS);
