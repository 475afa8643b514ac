// Redoc shows its maker's logo from its maker's host. Nothing is loaded from elsewhere: such a picture gets no source,
// and Redoc, told so, takes it away.
const images = HTMLImageElement.prototype;
const { setAttribute } = images;
const source = Object.getOwnPropertyDescriptor(images, "src");

function isElsewhere(address) {
  const { origin, protocol } = new URL(address, location.href);
  return origin !== location.origin && protocol !== "data:";
}

images.setAttribute = function (name, value) {
  if (name !== "src" || !isElsewhere(value)) setAttribute.call(this, name, value);
};
Object.defineProperty(images, "src", {
  ...source,
  set(value) {
    if (isElsewhere(value)) queueMicrotask(() => this.dispatchEvent(new Event("error")));
    else source.set.call(this, value);
  },
});
