// What an analysis adds to the map: a raster, areas and lines, marks that can be moved.
(function (A) {
  "use strict";

  let placing = false, busy = null;

  function shape(group, look) {
    const fill = look.pattern === "hatch" ? A.hatch(look.fill) : look.fill;
    L.geoJSON({ type: "FeatureCollection", features: look.features }, {
      pane: "shapes",
      pointToLayer: (_, at) => L.circleMarker(at, { radius: look.radius }),
      style: (feature) => ({
        pane: "shapes", color: look.line, weight: look.weight, dashArray: look.dash || null,
        lineCap: look.dash ? "butt" : "round",  // a round end would fill the gaps of a broad line
        fill: Boolean(look.fill || feature.properties.f),
        fillColor: feature.properties.f || fill, fillOpacity: look.opacity,
      }),
      onEachFeature: (feature, layer) => {
        A.announce(layer, feature);
        if (feature.properties.n) layer.bindTooltip(feature.properties.n, { sticky: true, className: "atlas-tip" });
      },
    }).addTo(group);
  }

  // The second click of a double click is none of its own.
  function placed(event) {
    if (!placing || event.originalEvent.detail > 1) return;
    const at = event.latlng.wrap();
    A.stayed();
    A.wait(at);
    A.hand({
      type: "Feature", id: "+", properties: { did: "place", z: A.main.map.getZoom() },
      geometry: { type: "Point", coordinates: [at.lng, at.lat] },
    });
  }

  function place(on) {
    const map = A.main.map;
    placing = on;
    map.getContainer().classList.toggle("placing", on);
    map.doubleClickZoom[on ? "disable" : "enable"]();
  }

  // Says at once, where the reader has let go, that the answer is on its way; it comes with the
  // next drawing.
  function wait(at) {
    rest();
    busy = L.tooltip({ permanent: true, direction: "top", offset: [0, -12], className: "atlas-tip atlas-busy" })
      .setLatLng(at).setContent('<span role="status">' + A.base.words.busy + "</span>").addTo(A.main.map);
  }

  function rest() {
    if (busy) busy.remove();
    busy = null;
  }

  function draw(group, drawing) {
    rest();
    place(Boolean(drawing && drawing.place));
    A.ask((drawing && drawing.tool) || "");
    for (const view of A.insets) view.drawn.clearLayers();
    if (!drawing) return;
    lay(group, drawing);
    drawing.handles.forEach((feature) => A.handle(group, feature));
    // The small maps show an analysis too; what can be taken hold of stays on the main map.
    for (const view of A.beside() ? A.insets : []) {
      lay(view.drawn, { raster: drawing.raster, shapes: drawing.shapes.filter((look) => look.close) });
      if (!A.data.plate) drawing.handles.forEach((feature) => A.likeness(view.drawn, feature));
    }
  }

  function lay(group, drawing) {
    if (drawing.raster) {
      L.imageOverlay(drawing.raster.url, drawing.raster.bounds, { pane: "raster", opacity: 1 }).addTo(group);
    }
    drawing.shapes.forEach((look) => shape(group, look));
  }

  // The dots of an analysis; of a reader's own, which come as one, none where there are more than so many.
  function points(most) {
    const drawing = A.data && A.data.drawing, features = drawing ? drawing.shapes.flatMap((look) => look.features) : [];
    return features.flatMap((feature) => {
      const { type, coordinates } = feature.geometry;
      if (type === "Point") return [feature];
      if (type !== "MultiPoint" || coordinates.length > most) return [];
      return coordinates.map((at) => ({ geometry: { type: "Point", coordinates: at } }));
    });
  }

  // How uncertain a chosen place is, or the outline of a chosen district.
  function doubt(view) {
    view.doubt.clearLayers();
    const chosen = A.data.chosen || {}, close = !view.inset && view.map.getZoom() >= A.CLOSE;
    const circle = (lat, lon, radius) => L.circle([lat, lon], {
      pane: "doubt", radius: radius, color: A.INK.accent, weight: 1.4, dashArray: "5 5",
      fillColor: A.INK.accent, fillOpacity: 0.06, interactive: false,
    }).addTo(view.doubt);
    if (chosen.r && !view.quiet) circle(chosen.lat, chosen.lon, chosen.r);
    if (close) {
      const seen = new Set([chosen.r && [chosen.lon, chosen.lat, chosen.r].join(" ")]);
      for (const place of A.placesOf(A.data)) {
        const [lon, lat] = place.geometry.coordinates, radius = place.properties.u, key = [lon, lat, radius].join(" ");
        if (radius <= A.base.vague_m || seen.has(key) || !view.map.getBounds().contains([lat, lon])) continue;
        seen.add(key);
        circle(lat, lon, radius).setStyle({ color: A.INK.city, fill: false, weight: 1 });
      }
    }
    if (chosen.ring) {
      L.geoJSON(chosen.ring, {
        pane: "doubt", interactive: false,
        style: () => ({ pane: "doubt", color: A.INK.accent, weight: 2.4, fill: false }),
      }).addTo(view.doubt);
    }
  }

  Object.assign(A, { draw: draw, points: points, doubt: doubt, placed: placed, wait: wait });
})(window.ATLAS);
