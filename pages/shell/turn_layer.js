// Tell the map at once that a layer has been switched (layers/map/assets/turned.js): the page's own
// word comes a quarter of a second later. A switch that the page turns back takes the map with it.
window.atlasTurns ??= (() => {
  const layer = (label) => /st-key-layer_(\S+)/.exec(label.closest('[class*="st-key-layer_"]')?.className)?.[1];
  const map = () => document.querySelector('iframe[title*="st_folium"]')?.contentWindow?.ATLAS;
  const turn = (label) => map()?.turn?.(layer(label), "selected" in label.dataset);
  const turned = new MutationObserver((records) => {
    for (const { target } of records) {
      if (layer(target)) setTimeout(turn, 0, target);  // the click is first sent to the server
    }
  });
  turned.observe(document.body, { subtree: true, attributeFilter: ["data-selected"] });
  return turned;
})();
