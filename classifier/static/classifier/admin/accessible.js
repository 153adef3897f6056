// What Unfold and Django leave unsaid to screen readers, or say as English alone is written.
addEventListener("load", () => {
  // All scrolled parts have one English name; they are told apart by these.
  const words = document.getElementById("page")?.dataset;
  for (const part of document.querySelectorAll(".simplebar-content-wrapper"))
    part.setAttribute("aria-label", part.closest("#nav-sidebar-apps") ? words?.menu : words?.scrolled);
  // On a phone each value stands beside its column's name, of which Unfold would capitalise every word.
  for (const { dataset } of document.querySelectorAll("[data-label]"))
    dataset.label = dataset.label.charAt(0).toUpperCase() + dataset.label.slice(1);
  // A mark that is a picture to the eye, with a label that only a role makes heard.
  // Django makes it when the page is loaded, perhaps after this.
  setTimeout(() => {
    for (const mark of document.querySelectorAll(".help-tooltip[aria-label]")) mark.setAttribute("role", "img");
  });
});
