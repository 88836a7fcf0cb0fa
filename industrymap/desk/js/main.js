// The desk's page: which page is shown, what is going on, and which language is spoken.

import { get } from "./basics/net.js";
import { Shell } from "./shell.js";

const shell = new Shell(document.getElementById("desk"));
get("/api/desk").then(
  (desk) => {
    // Started with a workspace: it is shown at once, unless a page of it is already asked for.
    if (desk.first && !location.hash) location.hash = `#/w/${desk.first}/files`;
    shell.start();
  },
  (refused) => shell.refuse(refused),
);
