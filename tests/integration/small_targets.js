// Controls that are lower or narrower than 44 pixels; links within a sentence are as high as its lines (WCAG 2.2, 2.5.8).
() => {
  const controls = "button, select, summary, textarea, input:not([type=hidden], [type=file]), [role=button], header a, nav a, main a";
  const seen = {visibilityProperty: true, opacityProperty: true};
  const isShown = (each) => each.checkVisibility(seen) && each.getClientRects().length && !each.closest(".hidden, .skip");
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";
  const isWithinText = (each) => each.matches("a") && (each.closest("p, dd") !== null || [...each.parentElement.childNodes].some(isText));
  // What is touched for it: the control, its labels, and what is laid around it.
  const sizes = (each) => {
    const around = getComputedStyle(each, "::before");
    const boxes = [each, ...(each.labels ?? [])].map((one) => one.getBoundingClientRect());
    return [...boxes, {width: parseFloat(around.width) || 0, height: parseFloat(around.height) || 0}];
  };
  const isLarge = (box) => box.width >= 43.5 && box.height >= 43.5;
  return [...document.querySelectorAll(controls)]
    .filter((each) => isShown(each) && !isWithinText(each) && !sizes(each).some(isLarge))
    .map((each) => {
      const box = each.getBoundingClientRect();
      const name = each.textContent.trim() || each.getAttribute("aria-label") || each.id || each.name;
      return `${each.tagName} ${name.slice(0, 40)}: ${Math.round(box.width)} × ${Math.round(box.height)}`;
    });
}
