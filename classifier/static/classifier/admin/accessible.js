// What Unfold and Django leave unsaid to screen readers.
addEventListener("load", () => {
  // Two scrolled parts have one name; they are told apart by these.
  const menu = document.querySelector("#nav-sidebar-apps .simplebar-content-wrapper");
  menu?.setAttribute("aria-label", "Menu");
  // A mark that is a picture to the eye, with a label that only a role makes heard.
  // Django makes it when the page is loaded, perhaps after this.
  setTimeout(() => {
    for (const mark of document.querySelectorAll(".help-tooltip[aria-label]")) mark.setAttribute("role", "img");
  });
});
