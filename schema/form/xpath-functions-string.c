/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/xpath-private.h"

#include "base/error.h"
#include "base/limits.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <sodium.h>
#include <string.h>

/* Strings of XPath 1.0's core library (section 4.2) and ODK's. */

static const char *
arg_text (XPathEval *eval, XPathValue *args, guint index)
{
  return xpath_value_to_string (eval, &args[index]);
}

/* The argument's text, the context node's when there is none. */
static const char *
text_or_own (XPathEval *eval, const XPathFocus *focus, XPathValue *args, guint n_args)
{
  return n_args > 0 ? arg_text (eval, args, 0) : xpath_node_text (eval, focus->node);
}

XPATH_FUNCTION (call_string)
{
  xpath_value_take_string (ret_value, g_strdup (text_or_own (eval, focus, args, n_args)));
  return TRUE;
}

/* ODK: a node-set stands for all its nodes. FALSE with @error when the text grows without measure. */
static gboolean
append_all (XPathEval *eval, GString *text, XPathValue *value, const char *separator, gboolean *first, GError **error)
{
  gsize count = value->type == XPATH_VALUE_NODES ? value->nodes.count : 1;
  for (gsize i = 0; i < count; i++) {
    if (!*first)
      g_string_append (text, separator);
    *first = FALSE;
    g_string_append (text, value->type == XPATH_VALUE_NODES ? xpath_node_text (eval, value->nodes.items[i])
                                                            : xpath_value_to_string (eval, value));
    if (text->len > SOBAN_EXPRESSION_TEXT_BYTES_MAX) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _("the text is longer than %d bytes"),
                   SOBAN_EXPRESSION_TEXT_BYTES_MAX);
      return FALSE;
    }
  }
  return TRUE;
}

/* The arguments from @start on, joined. */
static gboolean
join_args (XPathEval *eval, XPathValue *args, guint n_args, guint start, const char *separator, XPathValue *ret_value,
           GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean first = TRUE;
  for (guint i = start; i < n_args; i++)
    if (!append_all (eval, text, &args[i], separator, &first, error))
      return FALSE;
  xpath_value_take_string (ret_value, g_string_free (g_steal_pointer (&text), FALSE));
  return TRUE;
}

XPATH_FUNCTION (call_concat)
{
  return join_args (eval, args, n_args, 0, "", ret_value, error);
}

XPATH_FUNCTION (call_join)
{
  return join_args (eval, args, n_args, 1, arg_text (eval, args, 0), ret_value, error);
}

XPATH_FUNCTION (call_starts_with)
{
  xpath_value_set_boolean (ret_value, g_str_has_prefix (arg_text (eval, args, 0), arg_text (eval, args, 1)));
  return TRUE;
}

XPATH_FUNCTION (call_ends_with)
{
  xpath_value_set_boolean (ret_value, g_str_has_suffix (arg_text (eval, args, 0), arg_text (eval, args, 1)));
  return TRUE;
}

XPATH_FUNCTION (call_contains)
{
  xpath_value_set_boolean (ret_value, strstr (arg_text (eval, args, 0), arg_text (eval, args, 1)) != NULL);
  return TRUE;
}

XPATH_FUNCTION (call_substring_before)
{
  const char *text = arg_text (eval, args, 0);
  const char *found = strstr (text, arg_text (eval, args, 1));
  xpath_value_take_string (ret_value, g_strndup (text, found != NULL ? found - text : 0));
  return TRUE;
}

XPATH_FUNCTION (call_substring_after)
{
  const char *mark = arg_text (eval, args, 1);
  const char *found = strstr (arg_text (eval, args, 0), mark);
  xpath_value_take_string (ret_value, g_strdup (found != NULL ? found + strlen (mark) : ""));
  return TRUE;
}

/* The characters with first <= index < end, counted from 0; beyond both ends nothing. */
static char *
cut (const char *text, double first, double end)
{
  glong length = g_utf8_strlen (text, -1);
  glong from = first <= 0 ? 0 : first >= length ? length : (glong) first;
  glong to = end <= 0 ? 0 : end >= length ? length : (glong) end;
  return from < to ? g_utf8_substring (text, from, to) : g_strdup ("");
}

XPATH_FUNCTION (call_substring)
{
  double first = floor (xpath_value_to_number (eval, &args[1]) + 0.5);
  double end = n_args > 2 ? first + floor (xpath_value_to_number (eval, &args[2]) + 0.5) : INFINITY;
  if (isnan (first) || isnan (end))
    xpath_value_set_string (ret_value, "");
  else
    xpath_value_take_string (ret_value, cut (arg_text (eval, args, 0), first - 1, end - 1));
  return TRUE;
}

/* ODK: from 0, the end not included, negative ones counted from the end. */
XPATH_FUNCTION (call_substr)
{
  const char *text = arg_text (eval, args, 0);
  glong length = g_utf8_strlen (text, -1);
  double first = trunc (xpath_value_to_number (eval, &args[1]));
  double end = n_args > 2 ? trunc (xpath_value_to_number (eval, &args[2])) : length;
  if (isnan (first))
    first = 0;
  if (isnan (end))
    end = 0;
  xpath_value_take_string (ret_value, cut (text, first < 0 ? first + length : first, end < 0 ? end + length : end));
  return TRUE;
}

XPATH_FUNCTION (call_string_length)
{
  xpath_value_set_number (ret_value, g_utf8_strlen (text_or_own (eval, focus, args, n_args), -1));
  return TRUE;
}

XPATH_FUNCTION (call_normalize_space)
{
  const char *text = text_or_own (eval, focus, args, n_args);
  GString *normal = g_string_new (NULL);
  gboolean gap = FALSE;
  for (const char *at = text; *at != '\0'; at++) {
    if (strchr (" \t\r\n", *at) != NULL) {
      gap = normal->len > 0;
      continue;
    }
    if (gap)
      g_string_append_c (normal, ' ');
    gap = FALSE;
    g_string_append_c (normal, *at);
  }
  xpath_value_take_string (ret_value, g_string_free (normal, FALSE));
  return TRUE;
}

XPATH_FUNCTION (call_translate)
{
  const char *from = arg_text (eval, args, 1);
  const char *to = arg_text (eval, args, 2);
  glong to_length = g_utf8_strlen (to, -1);
  GString *text = g_string_new (NULL);
  for (const char *at = arg_text (eval, args, 0); *at != '\0'; at = g_utf8_next_char (at)) {
    const char *found = g_utf8_strchr (from, -1, g_utf8_get_char (at));
    glong index = found != NULL ? g_utf8_pointer_to_offset (from, found) : -1;
    if (found == NULL)
      g_string_append_unichar (text, g_utf8_get_char (at));
    else if (index < to_length)
      g_string_append_unichar (text, g_utf8_get_char (g_utf8_offset_to_pointer (to, index)));
  }
  xpath_value_take_string (ret_value, g_string_free (text, FALSE));
  return TRUE;
}

/* ODK: the pattern must fit the whole text. */
XPATH_FUNCTION (call_regex)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GRegex) own = NULL;
  GRegex *regex = call->regex;
  if (regex == NULL) {
    g_autofree char *whole = g_strconcat ("^(?:", arg_text (eval, args, 1), ")$", NULL);
    regex = own = g_regex_new (whole, G_REGEX_DOLLAR_ENDONLY, 0, &problem);
  }
  gboolean fits = regex != NULL && g_regex_match_full (regex, arg_text (eval, args, 0), -1, 0, 0, NULL, &problem);
  if (problem != NULL) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_EXPRESSION, _("the pattern \"%s\" is wrong: %s"),
                 arg_text (eval, args, 1), problem->message);
    return FALSE;
  }
  xpath_value_set_boolean (ret_value, fits);
  return TRUE;
}

XPATH_FUNCTION (call_digest)
{
  static const struct {
    const char *name;
    GChecksumType type;
  } kinds[] = {
    { "MD5", G_CHECKSUM_MD5 },
    { "SHA-1", G_CHECKSUM_SHA1 },
    { "SHA-256", G_CHECKSUM_SHA256 },
    { "SHA-384", G_CHECKSUM_SHA384 },
    { "SHA-512", G_CHECKSUM_SHA512 },
  };
  const char *name = arg_text (eval, args, 1);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (strcmp (name, kinds[i].name) != 0)
      continue;
    g_autoptr (GChecksum) checksum = g_checksum_new (kinds[i].type);
    g_checksum_update (checksum, (const guchar *) arg_text (eval, args, 0), -1);
    if (n_args > 2 && strcmp (arg_text (eval, args, 2), "hex") == 0) {
      xpath_value_take_string (ret_value, g_strdup (g_checksum_get_string (checksum)));
      return TRUE;
    }
    guint8 bytes[64];
    gsize length = sizeof bytes;
    g_checksum_get_digest (checksum, bytes, &length);
    xpath_value_take_string (ret_value, g_base64_encode (bytes, length));
    return TRUE;
  }
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_UNSUPPORTED, _("there is no digest \"%s\""), name);
  return FALSE;
}

XPATH_FUNCTION (call_base64_decode)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (arg_text (eval, args, 0), &length);
  /* Bytes that are no text, and NUL which no XML text can hold, become U+FFFD. */
  xpath_value_take_string (ret_value, g_utf8_make_valid ((const char *) bytes, length));
  return TRUE;
}

/* (nullable): NULL when it has fewer bytes. */
static guchar *
decode_bytes (const char *text, gsize length_min, gsize *ret_length)
{
  guchar *bytes = g_base64_decode (text, ret_length);
  if (*ret_length < length_min)
    g_clear_pointer (&bytes, g_free);
  return bytes;
}

/* ODK XForms: an Ed25519 signature with the text it signs behind it, in base64; the text, or nothing when it is not right. */
XPATH_FUNCTION (call_extract_signed)
{
  gsize length, key_length;
  g_autofree guchar *bytes = decode_bytes (arg_text (eval, args, 0), crypto_sign_BYTES, &length);
  g_autofree guchar *key = decode_bytes (arg_text (eval, args, 1), crypto_sign_PUBLICKEYBYTES, &key_length);
  gboolean holds = bytes != NULL && key != NULL && key_length == crypto_sign_PUBLICKEYBYTES
                   && crypto_sign_verify_detached (bytes, bytes + crypto_sign_BYTES, length - crypto_sign_BYTES, key) == 0;
  xpath_value_take_string (ret_value, holds ? g_utf8_make_valid ((const char *) bytes + crypto_sign_BYTES, length - crypto_sign_BYTES)
                                            : g_strdup (""));
  return TRUE;
}

const XPathFunction xpath_functions_string[] = {
  { "string", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_string },
  { "concat", 0, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_concat },
  { "join", 1, XPATH_ARGS_ANY, XPATH_FUNCTION_PLAIN, call_join },
  { "starts-with", 2, 2, XPATH_FUNCTION_PLAIN, call_starts_with },
  { "ends-with", 2, 2, XPATH_FUNCTION_PLAIN, call_ends_with },
  { "contains", 2, 2, XPATH_FUNCTION_PLAIN, call_contains },
  { "substring-before", 2, 2, XPATH_FUNCTION_PLAIN, call_substring_before },
  { "substring-after", 2, 2, XPATH_FUNCTION_PLAIN, call_substring_after },
  { "substring", 2, 3, XPATH_FUNCTION_PLAIN, call_substring },
  { "substr", 2, 3, XPATH_FUNCTION_PLAIN, call_substr },
  { "string-length", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_string_length },
  { "normalize-space", 0, 1, XPATH_FUNCTION_FOCUS_BARE, call_normalize_space },
  { "translate", 3, 3, XPATH_FUNCTION_PLAIN, call_translate },
  { "regex", 2, 2, XPATH_FUNCTION_PLAIN, call_regex },
  { "digest", 2, 3, XPATH_FUNCTION_PLAIN, call_digest },
  { "base64-decode", 1, 1, XPATH_FUNCTION_PLAIN, call_base64_decode },
  { "extract-signed", 2, 2, XPATH_FUNCTION_PLAIN, call_extract_signed },
  { NULL },
};
