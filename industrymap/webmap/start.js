// Inflates the program and runs it: the policy names it by its hash, as if it stood in the file itself.
(() => {
  const said = document.querySelector("#app .too-old");
  const stop = (text) => {
    if (text) said.textContent = text;
    said.setAttribute("role", "alert");
    said.classList.remove("too-old"); // shown at once instead of after some seconds
  };
  const run = async () => {
    const held = document.getElementById("industrymap-program");
    const letters = atob(held.textContent);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    const stream = new DecompressionStream("deflate");
    const writer = stream.writable.getWriter();
    writer.write(bytes).catch(() => {}); // the reader says what is wrong with it
    writer.close().catch(() => {});
    // the program is ASCII: one byte a character, and never half of one at the end of a piece
    const decoder = new TextDecoder("latin1");
    const reader = stream.readable.getReader();
    let program = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) program += decoder.decode(piece.value);
    const script = document.createElement("script");
    script.textContent = program;
    document.head.append(script);
    script.remove();
  };
  if (typeof DecompressionStream !== "function") stop();
  else run().catch(() => stop("地图程序无法读取，文件可能不完整，请重新获取此文件。The program of the map cannot be read; the file may be incomplete. Please get it again."));
})();
