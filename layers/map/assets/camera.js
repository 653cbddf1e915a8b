// Where the map looks: the whole city, an order of the page, or what the reader turns it to.
(function (A) {
  "use strict";

  const HINT_MS = 1600;
  let order, touched = false, before = false, waiting = 0;

  // The host returns its list of tags with every move: here it says that the reader moved the
  // map, and since which order.
  function touch(byReader) {
    touched = byReader;
    window.__GLOBAL_DATA__.selected_tags = byReader && order ? [String(order.serial)] : [];
  }

  // A whole city fills its frame: to the last pixel, not to the next step of the zoom.
  function fit(bounds, options) {
    const map = A.main.map, { pad } = A.plan(), snap = map.options.zoomSnap;
    map.options.zoomSnap = 0;
    const padding = { paddingTopLeft: [pad[0], pad[1]], paddingBottomRight: [pad[2], pad[3]] };
    A.atHome(map.getBoundsZoom(A.base.bounds, false, L.point(pad[0] + pad[2], pad[1] + pad[3])));
    map.fitBounds(bounds, Object.assign(padding, options));
    map.options.zoomSnap = snap;
  }

  // A press that only put something somewhere has not moved the map.
  function stayed() {
    touch(before);
  }

  // An order to the camera counts once; the first one of a frame is obeyed without a journey, and
  // so is any in a meeting: a page is turned.
  // While the page is still being laid out the frame changes its size: until the reader takes
  // the map in hand, each change obeys the last order again.
  function obey(options) {
    if (!order) return;
    if (order.at) A.main.map.setView([order.at[0], order.at[1]], order.at[2], options);
    else fit(order.box || A.base.bounds, options);
  }

  function fly(next) {
    if (order && next.serial === order.serial) return;
    const first = !order;
    order = next;
    touch(false);
    obey(first || A.data.present ? { animate: false } : {});
  }

  function settle() {
    if (!touched) obey({ animate: false });
  }

  function homeButton() {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const box = L.DomUtil.create("div", "leaflet-bar atlas-home");
      const link = L.DomUtil.create("a", "", box);
      link.href = "#";
      link.setAttribute("role", "button");
      link.title = A.plain(A.base.words.home);
      link.setAttribute("aria-label", link.title);
      link.innerHTML = '<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path ' +
        'd="M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10" fill="none" stroke="currentColor" ' +
        'stroke-width="1.6"/></svg>';
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.on(link, "click", (event) => {
        L.DomEvent.preventDefault(event);
        fit(A.base.bounds, {});
      });
      return box;
    };
    return control;
  }

  // Leaflet writes "km" in any language.
  const ScaleBar = L.Control.Scale.extend({
    _updateScale(scale, text, ratio) {
      const [number, unit] = text.split(" ");
      L.Control.Scale.prototype._updateScale.call(this, scale, number + " " + A.plain(A.base.words[unit]), ratio);
    },
  });

  function scaleBar(width, position) {
    return new ScaleBar({ imperial: false, maxWidth: width, position: position });
  }

  function north() {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const box = L.DomUtil.create("div", "atlas-north");
      box.innerHTML = "<span>" + A.base.words.north + '</span><svg width="14" height="20" viewBox="0 0 14 20" ' +
        'aria-hidden="true"><path d="M7 0L14 20L7 15L0 20Z" fill="#3B372F"/></svg>';
      return box;
    };
    return control;
  }

  // The wheel scrolls the page until the reader has clicked on the map, or holds Ctrl: the map
  // says so when it is turned in vain.
  function wheel(map) {
    const box = map.getContainer(), hint = document.createElement("div");
    hint.className = "atlas-hint";
    hint.innerHTML = A.base.words.wheel;
    box.append(hint);
    map.scrollWheelZoom.disable();
    map.on("mousedown", () => map.scrollWheelZoom.enable());
    box.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    box.addEventListener("wheel", (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        map.scrollWheelZoom.enable();
      } else if (!map.scrollWheelZoom.enabled()) {
        hint.classList.add("on");
        window.clearTimeout(waiting);
        waiting = window.setTimeout(() => hint.classList.remove("on"), HINT_MS);
      }
    }, { capture: true, passive: false });
  }

  function controls(map) {
    const words = A.base.words;
    L.control.zoom({ zoomInTitle: A.plain(words.zoom_in), zoomOutTitle: A.plain(words.zoom_out) }).addTo(map);
    homeButton().addTo(map);
    north().addTo(map);
    scaleBar(110, "bottomleft").addTo(map);
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(words.attribution);
    wheel(map);
    for (const event of ["pointerdown", "wheel", "keydown"]) {
      map.getContainer().addEventListener(event, (it) => {
        if (event === "pointerdown") before = touched;
        if (event !== "wheel" || map.scrollWheelZoom.enabled()) touch(true);
      }, { passive: true });
    }
  }

  Object.assign(A, { touch: touch, stayed: stayed, fly: fly, settle: settle, controls: controls, scaleBar: scaleBar });
})(window.ATLAS);
