// SPDX-License-Identifier: GPL-3.0-or-later
// A PouchDB server on a free port of the loopback address; its databases in the folder that is named. Prints the port.
"use strict";
const PouchDB = require("pouchdb");
const express = require("express");
const expressPouchDB = require("express-pouchdb");

const Stored = PouchDB.defaults({ prefix: process.argv[2] + "/" });
const app = express();
app.use("/db", expressPouchDB(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: process.argv[2] + "/log.txt" }));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
