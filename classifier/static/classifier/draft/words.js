// The words of the server, which would say the same after minutes on a phone.
export function tooLarge(file, maxBytes) {
  const megabytes = (size) => `${Number((size / 2 ** 20).toFixed(1))} MB`;
  const bytes = (size) => interpolate(gettext("%s bytes"), [size.toLocaleString(document.documentElement.lang)]);
  const inWords = megabytes(file.size) === megabytes(maxBytes) ? bytes : megabytes;
  return `${file.name}: ${interpolate(gettext("The file has %s; at most %s are accepted."), [inWords(file.size), inWords(maxBytes)])}`;
}
