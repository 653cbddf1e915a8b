// Lays a page out for paper before it is printed: page one holds map, legend, title and sources.
// The map itself follows in layers/map/assets/atlas.js, because frames are told after their page.
if (!window.atlasPrints) {
  window.atlasPrints = true;
  const HIGH = 668;  // of A4 landscape without its margins, at the width that print.css gives
  const LEAST = 240;
  const PARTS = ".furniture, .legend, .st-key-scene_main, .st-key-district_left, .deck-foot";

  // What stands round the map keeps its height; the map takes what is left of the page.
  const fit = (main) => {
    const map = main.querySelector('iframe[title*="st_folium"], .twins');
    if (!map) return;
    const root = document.documentElement.style, page = main.getBoundingClientRect().top;
    root.setProperty("--sheet-map", `${LEAST}px`);
    root.setProperty("--sheet-head", `${map.getBoundingClientRect().top - page}px`);
    const boxes = [map, ...document.querySelectorAll(PARTS)].map((part) => part.getBoundingClientRect());
    const foot = Math.max(...boxes.filter((box) => box.height).map((box) => box.bottom - page));
    root.setProperty("--sheet-map", `${Math.max(LEAST, Math.floor(HIGH + LEAST - foot))}px`);
  };

  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    const main = document.querySelector('[data-testid="stMainBlockContainer"]');
    if (main) fit(main);
  });
  window.addEventListener("afterprint", () => document.documentElement.classList.remove("printing"));
}
