// Every text of a part of the page whose contrast is below 4.5 to 1, with the contrast (WCAG 2.2, 1.4.3).
(part) => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  // Any colour the browser knows, laid over what is behind it.
  const over = (colour, behind) => {
    canvas.fillStyle = `rgb(${behind.join(" ")})`; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    return over(getComputedStyle(element).backgroundColor, ground(element.parentElement));
  };
  const linear = (value) => (value <= 10.3 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const faint = [];
  const texts = document.createTreeWalker(document.querySelector(part), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
    if (element.closest(":disabled")) continue;
    const behind = ground(element);
    const [a, b] = [light(over(getComputedStyle(element).color, behind)), light(behind)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${texts.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
  }
  return faint;
}
