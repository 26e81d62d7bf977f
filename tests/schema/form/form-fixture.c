/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form-fixture.h"

#include <string.h>

#include "base/error.h"

static gint64
read_wall (gpointer data)
{
  return ((FormFixture *) data)->wall_ms;
}

static void
fill_random (gpointer data, guint8 *bytes, gsize length)
{
  FormFixture *fixture = data;
  for (gsize i = 0; i < length; i++) {
    fixture->random = fixture->random * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407;
    bytes[i] = (guint8) (fixture->random >> 56);
  }
}

static const char *
find_property (gpointer data, const char *name)
{
  return g_str_equal (name, "soban:commune") ? "02947@2025-07-01" : NULL;
}

static SobanTree *
load_list (gpointer data, const char *src, GError **error)
{
  FormFixture *fixture = data;
  SobanTree *tree = g_hash_table_lookup (fixture->lists, src);
  if (tree == NULL)
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE, "no list %s", src);
  return tree;
}

static const char *
translate (gpointer data, const char *msgid)
{
  return g_hash_table_lookup (((FormFixture *) data)->translations, msgid);
}

FormFixture *
form_fixture_new (void)
{
  FormFixture *fixture = g_new0 (FormFixture, 1);
  fixture->wall_ms = G_GINT64_CONSTANT (1795316400000);
  fixture->clock = (SobanClock){ read_wall, read_wall, fixture };
  fixture->entropy = (SobanEntropy){ fill_random, fixture };
  fixture->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_tree_free);
  fixture->translations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture->host = (SobanFormHost){
    .clock = &fixture->clock,
    .timezone = g_time_zone_new_identifier ("+07:00"),
    .entropy = &fixture->entropy,
    .property = find_property,
    .load_instance = load_list,
    .translate = translate,
    .language = "vi",
    .data = fixture,
    .choices = soban_choice_index_new (),
  };
  return fixture;
}

void
form_fixture_free (FormFixture *fixture)
{
  soban_choice_index_free (fixture->host.choices);
  g_hash_table_unref (fixture->lists);
  g_hash_table_unref (fixture->translations);
  g_time_zone_unref (fixture->host.timezone);
  g_free (fixture);
}

void
form_fixture_add_list (FormFixture *fixture, const char *src, const char *xml)
{
  g_autoptr (GError) error = NULL;
  SobanTree *tree = soban_tree_parse (xml, strlen (xml), &error);
  g_assert_no_error (error);
  g_hash_table_replace (fixture->lists, g_strdup (src), tree);
}

void
form_fixture_translate (FormFixture *fixture, const char *msgid, const char *text)
{
  g_hash_table_replace (fixture->translations, g_strdup (msgid), g_strdup (text));
}

char *
form_fixture_write (const char *instance, const char *model, const char *body)
{
  return g_strconcat ("<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\""
                      " xmlns:jr=\"http://openrosa.org/javarosa\" xmlns:orx=\"http://openrosa.org/xforms\""
                      " xmlns:odk=\"http://www.opendatakit.org/xforms\" xmlns:sb=\"https://soban.vn/xforms\">\n"
                      "<h:head><h:title>Test</h:title><model>\n<instance><data id=\"test\" version=\"7\">",
                      instance, "</data></instance>\n", model, "</model></h:head>\n<h:body>", body,
                      "</h:body></h:html>", NULL);
}

SobanForm *
form_fixture_parse (const char *instance, const char *model, const char *body)
{
  char *text = form_fixture_write (instance, model, body);
  g_autoptr (GBytes) xml = g_bytes_new_take (text, strlen (text));
  g_autoptr (GError) error = NULL;
  SobanForm *form = soban_form_parse (xml, &error);
  g_assert_no_error (error);
  return form;
}

void
form_fixture_refuse (const char *instance, const char *model, const char *body, int code, const char *text)
{
  char *form_text = form_fixture_write (instance, model, body);
  g_autoptr (GBytes) xml = g_bytes_new_take (form_text, strlen (form_text));
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanForm) form = soban_form_parse (xml, &error);
  g_assert_null (form);
  g_assert_error (error, SOBAN_FORM_ERROR, code);
  if (strstr (error->message, text) == NULL)
    g_error ("“%s” does not say “%s”", error->message, text);
}

SobanFormInstance *
form_fixture_open_form (FormFixture *fixture, SobanForm *form, const SobanFieldMap *fields)
{
  g_autoptr (GError) error = NULL;
  SobanFormInstance *opened = soban_form_instance_new (form, &fixture->host, fields, &error);
  g_assert_no_error (error);
  return opened;
}

SobanFormInstance *
form_fixture_open (FormFixture *fixture, const char *instance, const char *model, const char *body)
{
  g_autoptr (SobanForm) form = form_fixture_parse (instance, model, body);
  return form_fixture_open_form (fixture, form, NULL);
}

void
form_fixture_set (SobanFormInstance *instance, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  soban_form_instance_set (instance, path, value, &error);
  g_assert_no_error (error);
}

void
assert_problem (SobanFormInstance *instance, const char *path, SobanProblemKind kind, const char *message)
{
  g_autoptr (SobanProblem) problem = soban_form_instance_check (instance, path);
  g_assert_nonnull (problem);
  g_assert_cmpint (problem->kind, ==, kind);
  g_assert_cmpstr (problem->path, ==, path);
  if (message != NULL)
    g_assert_cmpstr (problem->message, ==, message);
}

void
assert_no_problem (SobanFormInstance *instance, const char *path)
{
  g_autoptr (SobanProblem) problem = soban_form_instance_check (instance, path);
  if (problem != NULL)
    g_error ("%s: %s", problem->path, problem->message);
}
