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
    const now = new Map([...marks].map(({ dataset }) => [dataset.to, dataset.once]));
    for (const to of done.keys()) if (!now.has(to)) done.delete(to);
    for (const [to, once] of now) {
      if (done.get(to) === once) continue;
      done.set(to, once);
      bring(to);
    }
  }).observe(document.body, { subtree: true, childList: true });
}
