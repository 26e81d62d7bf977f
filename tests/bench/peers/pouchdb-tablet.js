// SPDX-License-Identifier: GPL-3.0-or-later
// A tablet made of PouchDB: commands come as lines of JSON, each is answered by one line.
"use strict";
const fs = require("fs");
const readline = require("readline");
const PouchDB = require("pouchdb");

const db = new PouchDB(process.argv[2]);
const remote = process.argv[3];

const commands = {
  async add({ file }) {
    const records = fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
    await db.bulkDocs(records.map((record) => ({ _id: record.id, form: record.form, ...record.fields })));
  },
  async edit({ id, field, value }) {
    const doc = await db.get(id);
    doc[field] = value;
    await db.put(doc);
  },
  async sync() {
    await db.sync(remote, { batch_size: 1000 });
  },
  async count() {
    return (await db.info()).doc_count;
  },
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const command = JSON.parse(line);
  const start = process.hrtime.bigint();
  try {
    const value = await commands[command.verb](command);
    console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9, value }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
});
