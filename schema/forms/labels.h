/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gi18n.h>

/* The labels and measures of indicators.tsv: gettext reads no TSV. A test checks that both hold the same. */
static const char *const SOBAN_INDICATOR_LABELS[] = {
  N_("Community communication teams"),
  N_("teams"),
  N_("Trusted addresses (strengthened or newly founded)"),
  N_("addresses"),
  N_("Leaders of Change clubs"),
  N_("clubs"),
  N_("Livelihood groups, cooperative groups and cooperatives applying technology"),
  N_("groups"),
  N_("Training courses on monitoring and evaluation of gender equality"),
  N_("courses"),
  N_("Ethnic-minority women cadres whose capacity was built"),
  N_("cadres"),
  N_("Ethnic-minority women (where home birth is common) informed and supported for safe birth"),
  N_("women"),
  N_("Gender-mainstreaming classes (programme 2: district, commune; programme 3: village)"),
  N_("classes"),
  N_("Policy dialogues at commune or village-cluster level"),
  N_("dialogues"),
  N_("Village savings and loan groups"),
  N_("Livelihood models for trafficking survivors"),
  N_("models"),
  N_("Members of communication teams"),
  N_("members"),
  N_("Women and children counselled at trusted addresses"),
  N_("people"),
  N_("Children in Leaders of Change clubs"),
  N_("children"),
  N_("Women owners and managers in livelihood groups"),
  N_("Officers trained in monitoring and evaluation of gender equality"),
  N_("officers"),
  N_("Attendances at communication sessions"),
  N_("attendances"),
  N_("Communication sessions held"),
  N_("sessions"),
};
