// Brings the reader to what a choice further down has changed: a mark in the page says where to.
if (!window.atlasBrings) {
  window.atlasBrings = true;
  const marks = document.getElementsByClassName("bring");
  const done = new Map();

  const inSight = (place) => {
    const { top, bottom, height } = place.getBoundingClientRect();
    return Math.min(bottom, innerHeight) - Math.max(top, 0) > height / 2;
  };

  const bring = (to) => {
    if (to === "top") document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 });
    const place = document.querySelector(`.st-key-${to}`);
    if (place && !inSight(place)) place.scrollIntoView({ block: "start" });
  };

  new MutationObserver(() => {
    for (const { dataset: { to, once } } of [...marks]) {
      if (done.get(to) === once) continue; // a mark may go and come again with every run
      done.set(to, once);
      bring(to);
    }
  }).observe(document.body, { subtree: true, childList: true });
}
