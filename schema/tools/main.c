/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

int
main (int argc, char **argv)
{
  return soban_form_main (argc, argv);
}
