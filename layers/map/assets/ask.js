// A circle, a rectangle or a polygon that the reader draws on the map, handed to the page as text.
(function (A) {
  "use strict";

  const NEAR = 10;  // pixels: a click so near the first corner ends a polygon
  let tool = "", from = null, corners = [], sketch = null, ready = false;

  const digits = (value) => String(Number(value.toFixed(5)));
  const at = (event) => A.main.map.mouseEventToLatLng(event).wrap();
  const look = () => ({ pane: "shapes", color: A.INK.accent, weight: 2, dashArray: "5 5", fillOpacity: 0.06, interactive: false });

  function forget() {
    if (sketch) sketch.remove();
    from = sketch = null;
    corners = [];
  }

  function show(layer) {
    if (sketch) sketch.remove();
    sketch = layer.addTo(A.main.map);
  }

  // Says where the answer will stand that it is on its way, and hands the shape over.
  function hand(kind, numbers, middle) {
    const text = [kind, ...numbers].join("_");
    forget();
    A.wait(middle);
    A.hand({
      type: "Feature", id: text, properties: { did: "shape" },
      geometry: { type: "Point", coordinates: [middle.lng, middle.lat] },
    });
  }

  function grown(to) {
    if (tool === "circle") return L.circle(from, { ...look(), radius: A.main.map.distance(from, to) });
    return L.rectangle(L.latLngBounds(from, to), look());
  }

  function down(event) {
    if (!tool || !event.isPrimary || event.button || outside(event)) return;
    hold(event);
    if (tool === "polygon") return;
    from = at(event);
    A.main.map.getContainer().setPointerCapture(event.pointerId);
  }

  function move(event) {
    if (!tool || !event.isPrimary) return;
    if (from) show(grown(at(event)));
    else if (corners.length) show(L.polyline([...corners, at(event)], look()));
  }

  function up(event) {
    if (!tool || !event.isPrimary || event.button || outside(event)) return;
    hold(event);
    if (tool === "polygon") corner(event);
    else if (from) ended(at(event));
  }

  function ended(to) {
    const begun = from, map = A.main.map;
    from = null;
    if (map.latLngToContainerPoint(begun).distanceTo(map.latLngToContainerPoint(to)) < 4) return forget();
    if (tool === "circle") {
      hand("circle", [digits(begun.lng), digits(begun.lat), String(Math.round(map.distance(begun, to)))], begun);
      return;
    }
    const box = L.latLngBounds(begun, to);
    hand("rectangle", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map(digits), box.getCenter());
  }

  // The second click of a double click, and one on the first corner, end a polygon.
  function corner(event) {
    const map = A.main.map, here = at(event), pixel = (point) => map.latLngToContainerPoint(point);
    const near = (point) => pixel(point).distanceTo(pixel(here)) < NEAR;
    const last = corners[corners.length - 1];
    if (corners.length > 2 && (near(corners[0]) || near(last))) {
      const numbers = corners.flatMap((point) => [digits(point.lng), digits(point.lat)]);
      hand("polygon", numbers, L.latLngBounds(corners).getCenter());
    } else if (!last || !near(last)) {
      corners.push(here);
      show(L.polyline(corners, look()));
    }
  }

  const outside = (event) => Boolean(event.target.closest(".leaflet-control, .atlas-frame"));

  function hold(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  // What is drawn over selects nothing: marks and districts do not hear of it.
  function quiet(event) {
    if (tool && !outside(event)) hold(event);
  }

  function prepare() {
    const box = A.main.map.getContainer();
    box.addEventListener("pointerdown", down, true);
    box.addEventListener("pointermove", move, true);
    box.addEventListener("pointerup", up, true);
    for (const name of ["click", "dblclick", "mousedown", "touchstart"]) box.addEventListener(name, quiet, { capture: true, passive: false });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") forget(); });
    ready = true;
  }

  function ask(kind) {
    if (kind && !ready) prepare();
    if (kind !== tool) forget();
    tool = kind;
    if (!ready) return;
    const box = A.main.map.getContainer();
    box.classList.toggle("drawing", Boolean(kind));
    A.main.map.dragging[kind ? "disable" : "enable"]();
  }

  Object.assign(A, { ask: ask });
})(window.ATLAS);
