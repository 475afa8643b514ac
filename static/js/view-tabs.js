// Has the tab of the open view in sight where there are more tabs than fit beside each other.

const tab = document.querySelector("#views .tab[aria-current]");
if (tab) {
  const tabs = tab.parentElement;
  tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}
