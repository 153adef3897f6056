// The words of the server, which would say the same after minutes on a phone.
export function tooLarge(file, maxBytes) {
  const megabytes = (size) => `${Number((size / 2 ** 20).toFixed(1))} MB`;
  const bytes = (size) => `${size.toLocaleString("en-GB")} bytes`;
  const inWords = megabytes(file.size) === megabytes(maxBytes) ? bytes : megabytes;
  return `${file.name}: The file has ${inWords(file.size)}; at most ${inWords(maxBytes)} are accepted.`;
}
