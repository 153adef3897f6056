// What Unfold and Django leave unsaid to screen readers.
addEventListener("load", () => {
  // All scrolled parts have one English name; they are told apart by these.
  const words = document.getElementById("page")?.dataset;
  for (const part of document.querySelectorAll(".simplebar-content-wrapper"))
    part.setAttribute("aria-label", part.closest("#nav-sidebar-apps") ? words?.menu : words?.scrolled);
  // A mark that is a picture to the eye, with a label that only a role makes heard.
  // Django makes it when the page is loaded, perhaps after this.
  setTimeout(() => {
    for (const mark of document.querySelectorAll(".help-tooltip[aria-label]")) mark.setAttribute("role", "img");
  });
});
