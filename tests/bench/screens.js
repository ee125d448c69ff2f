// Put into every page before its own scripts: stamps on one clock for all browsers of this machine.
window.bench = {
  now: () => performance.timeOrigin + performance.now(),
  pressed: 0,
  // The frame after the one in which something is there for the first time, when it has been painted.
  painted: () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(bench.now()), 0))),
  // Until a test of the page is true; asked after each change of it, and of what the widget keeps to itself.
  async until(test) {
    const roots = [document, ...[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)];
    if (!test(roots)) {
      await new Promise((done) => {
        const look = new MutationObserver(() => test(roots) && (look.disconnect(), done()));
        roots.forEach((root) => look.observe(root, { subtree: true, childList: true, characterData: true }));
      });
    }
    return bench.painted();
  },
  // In what is said, not in a list's preview of it.
  shows: (text) => bench.until((roots) => roots.some((root) => [...root.querySelectorAll("[role=log]")].some((log) => log.textContent.includes(text)))),
  // Milliseconds of each frame while a box is scrolled by so many pixels a frame, until it moves no more.
  async scroll(box, step, most) {
    const frames = [];
    let last = await new Promise(requestAnimationFrame);
    for (let still = 0; still < 30 && frames.length < most; ) {
      const [was, height] = [box.scrollTop, box.scrollHeight];
      box.scrollTop += step;
      const at = await new Promise(requestAnimationFrame);
      frames.push(at - last);
      last = at;
      still = box.scrollTop === was && box.scrollHeight === height ? still + 1 : 0;
    }
    return frames.slice(0, frames.length > 60 ? -30 : undefined);
  },
};
addEventListener("keydown", (event) => event.key === "Enter" && (bench.pressed = bench.now()), true);
