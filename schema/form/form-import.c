/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form/form-import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/uuid.h"
#include "form/form-private.h"

typedef struct {
  SobanForm *form;
  SobanFieldMap *fields;
  GPtrArray *strays;
  GString *scratch;
  const char *instance_id;
} Import;

static gboolean read_children (Import *import, const SobanNode *node, const SobanElement *element, const char *path,
                               GError **error);

static void
fill_from_digest (gpointer data, guint8 *bytes, gsize length)
{
  guint8 digest[32];
  gsize digest_length = sizeof digest;
  g_checksum_get_digest (data, digest, &digest_length);
  g_assert (length <= digest_length);
  memcpy (bytes, digest, length);
}

/* In place of the time stands the number of the entry: ids sort as the entries do, and before those made later. */
static char *
make_entry_id (const Import *import, const char *path, guint number)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *seed = g_strdup_printf ("%s\n%s\n%u", import->instance_id, path, number);
  g_checksum_update (checksum, (const guchar *)seed, -1);
  SobanEntropy entropy = { fill_from_digest, checksum };
  SobanUuid id = soban_uuid_new_v7 (number, &entropy);
  return soban_uuid_to_string (&id);
}

static gboolean
add_field (Import *import, const char *path, const char *value, GError **error)
{
  gsize length = strlen (value);
  if (length > SOBAN_VALUE_BYTES_MAX || strlen (path) > SOBAN_PATH_BYTES_MAX
      || soban_field_map_size (import->fields) >= SOBAN_RECORD_FIELDS_MAX) {
    g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT,
                 length > SOBAN_VALUE_BYTES_MAX ? _ ("“%s”: the answer is too long")
                                                : _ ("“%s”: more than fits into a record"),
                 path);
    return FALSE;
  }
  if (length > 0)
    soban_field_map_set (import->fields, path, value);
  return TRUE;
}

static gboolean
take_leaf (Import *import, const SobanNode *node, const char *path, GError **error)
{
  g_autofree char *value = soban_text_normalize (soban_node_value (node, import->scratch), -1);
  return add_field (import, path, value != NULL ? value : "", error);
}

static gboolean
take_attributes (Import *import, const SobanNode *node, const SobanElement *element, const char *path, GError **error)
{
  for (guint i = 0; i < import->form->attributes->len; i++) {
    const SobanAttribute *attribute = g_ptr_array_index (import->form->attributes, i);
    const char *value =
        attribute->owner == element ? soban_node_get_attribute (node, attribute->ns, attribute->name) : NULL;
    if (value == NULL || attribute->calculate != NULL)
      continue;
    g_autofree char *own = g_strconcat (path, *path != '\0' ? "/@" : "@", attribute->prefix,
                                        *attribute->prefix != '\0' ? ":" : "", attribute->name, NULL);
    if (!add_field (import, own, value, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_stray (Import *import, const SobanNode *node, const char *path, GError **error)
{
  g_ptr_array_add (import->strays, g_strdup (path));
  for (const SobanNode *child = soban_node_first_element (node); child != NULL;
       child = soban_node_next_element (child)) {
    g_autofree char *below = g_strconcat (path, "/", child->name, NULL);
    if (!take_stray (import, child, below, error))
      return FALSE;
  }
  return soban_node_first_element (node) != NULL || take_leaf (import, node, path, error);
}

static const SobanElement *
find_element (const SobanElement *parent, const SobanNode *node)
{
  g_autofree char *prefixed = g_strconcat (node->prefix, ":", node->name, NULL);
  const SobanElement *element = soban_element_child (parent, prefixed);
  return element != NULL ? element : soban_element_child (parent, node->name);
}

static gboolean
read_child (Import *import, const SobanNode *node, const SobanElement *parent, const char *path, guint *counts,
            GError **error)
{
  const SobanElement *element = find_element (parent, node);
  g_autofree char *own =
      g_strconcat (path, *path != '\0' ? "/" : "", element != NULL ? element->name : node->name, NULL);
  if (element == NULL)
    return take_stray (import, node, own, error);
  if (element->is_repeat) {
    if (soban_node_get_attribute (node, SOBAN_NS_JAVAROSA, "template") != NULL)
      return TRUE;
    guint number = ++counts[element->index];
    if (number > SOBAN_REPEAT_INSTANCES_MAX) {
      g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_LIMIT, _ ("“%s”: more than %d entries"), own,
                   SOBAN_REPEAT_INSTANCES_MAX);
      return FALSE;
    }
    g_autofree char *id = make_entry_id (import, own, number);
    g_autofree char *entry = g_strconcat (own, "[", id, "]", NULL);
    return add_field (import, entry, "1", error) && take_attributes (import, node, element, entry, error)
           && read_children (import, node, element, entry, error);
  }
  if (!take_attributes (import, node, element, own, error))
    return FALSE;
  return soban_element_is_leaf (element) ? take_leaf (import, node, own, error)
                                         : read_children (import, node, element, own, error);
}

static gboolean
read_children (Import *import, const SobanNode *node, const SobanElement *element, const char *path, GError **error)
{
  g_autofree guint *counts = g_new0 (guint, element->children->len + 1);
  for (const SobanNode *child = soban_node_first_element (node); child != NULL; child = soban_node_next_element (child))
    if (!read_child (import, child, element, path, counts, error))
      return FALSE;
  return TRUE;
}

/* The text of meta/instanceID, or "" where the instance has none. */
static const char *
find_instance_id (const Import *import, const SobanNode *root)
{
  const SobanNode *node = root;
  for (const char *const *name = (const char *const[]){ "meta", "instanceID", NULL }; *name != NULL && node != NULL;
       name++) {
    node = soban_node_first_element (node);
    while (node != NULL && !g_str_equal (node->name, *name))
      node = soban_node_next_element (node);
  }
  return node != NULL ? soban_node_value (node, import->scratch) : "";
}

static gboolean
check_root (const SobanForm *form, const SobanNode *root, GError **error)
{
  const char *id = root != NULL ? soban_node_get_attribute (root, "", "id") : NULL;
  if (root != NULL && g_str_equal (root->name, form->root->name) && (id == NULL || g_str_equal (id, form->id)))
    return TRUE;
  g_set_error (error, SOBAN_FORM_ERROR, SOBAN_FORM_ERROR_REFERENCE,
               _ ("this is an instance of “%s”, not of the form “%s”"),
               id != NULL     ? id
               : root != NULL ? root->name
                              : "",
               form->id);
  return FALSE;
}

SobanFieldMap *
soban_form_import (SobanForm *form, const char *xml, gsize length, GPtrArray **ret_strays, GError **error)
{
  g_autoptr (SobanTree) tree = soban_tree_parse (xml, length, error);
  const SobanNode *root = tree != NULL ? soban_node_first_element (soban_tree_get_root (tree)) : NULL;
  if (tree == NULL || !check_root (form, root, error)) {
    g_prefix_error (error, "%s", _ ("Reading the instance: "));
    return NULL;
  }
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autoptr (GPtrArray) strays = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SobanFieldMap) fields = soban_field_map_new ();
  Import import = { form, fields, strays, scratch, NULL };
  g_autofree char *instance_id = g_strdup (find_instance_id (&import, root));
  import.instance_id = instance_id;
  if (!take_attributes (&import, root, form->root, "", error)
      || !read_children (&import, root, form->root, "", error)) {
    g_prefix_error (error, "%s", _ ("Reading the instance: "));
    return NULL;
  }
  if (ret_strays != NULL)
    *ret_strays = g_steal_pointer (&strays);
  return g_steal_pointer (&fields);
}
