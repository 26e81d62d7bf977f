/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * The pages of program files that this program has mapped: code and tables of the program and its libraries. Most of them are used once
 * (types are registered, style sheets are read, libraries initialize themselves), and many come along only because they lie beside one
 * that was needed; but as they are mapped, a tablet that runs short takes other memory before them.
 *
 * 1. Only what lies in a segment that its file does not let be written, and only pages that are still the file's: a page that was
 *    altered (a relocation, a debugger's breakpoint) stays.
 * 2. Only pages that no other program has mapped: the others would stay in memory in any case.
 * 3. A library that is being unloaded meanwhile is left alone.
 */

/* Unmaps them. What is needed again is mapped again where it is touched, from the page cache. Any thread; does nothing where the kernel
 * does not tell of its pages. */
void soban_code_pages_give_back (void);
