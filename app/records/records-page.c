/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "records/records-page.h"

#include "compat/two-pane.h"

struct _SobanRecordsPage {
  AdwBin parent_instance;

  SobanTwoPane *panes;
  SobanRecordList *list;
  SobanRecordPage *record;
};

G_DEFINE_FINAL_TYPE (SobanRecordsPage, soban_records_page, ADW_TYPE_BIN)

static void
on_notify_folded (SobanRecordsPage *self)
{
  gboolean folded = soban_two_pane_get_folded (self->panes);

  soban_record_page_set_back_visible (self->record, folded);
  soban_record_list_set_window_buttons (self->list, folded);
  soban_record_list_mark (self->list, folded ? NULL : soban_record_page_get_id (self->record));
}

/* Where nothing is listed nobody is asked to choose. */
static void
on_settled (SobanRecordsPage *self)
{
  soban_record_page_set_hint_visible (self->record, g_list_model_get_n_items (G_LIST_MODEL (soban_record_list_get_model (self->list))) > 0);
}

static void
on_opened (SobanRecordsPage *self, SobanRecordItem *item)
{
  soban_records_page_open (self, soban_record_item_get_id (item));
}

void
soban_records_page_open (SobanRecordsPage *self, const SobanUuid *id)
{
  g_return_if_fail (SOBAN_IS_RECORDS_PAGE (self));
  soban_record_page_show (self->record, id);
  soban_record_list_mark (self->list, soban_two_pane_get_folded (self->panes) ? NULL : id);
  if (id == NULL) {
    soban_two_pane_show_list (self->panes);
  } else {
    soban_two_pane_show_content (self->panes);
  }
}

gboolean
soban_records_page_back (SobanRecordsPage *self)
{
  g_return_val_if_fail (SOBAN_IS_RECORDS_PAGE (self), FALSE);

  if (!soban_two_pane_get_content_alone (self->panes)) {
    return FALSE;
  }
  soban_two_pane_show_list (self->panes);
  return TRUE;
}

SobanRecordList *
soban_records_page_get_list (SobanRecordsPage *self)
{
  return self->list;
}

SobanRecordPage *
soban_records_page_get_record (SobanRecordsPage *self)
{
  return self->record;
}

static void
soban_records_page_class_init (SobanRecordsPageClass *klass)
{
}

static void
soban_records_page_init (SobanRecordsPage *self)
{
}

GtkWidget *
soban_records_page_new (SobanStore *store, const char *form)
{
  SobanRecordsPage *self = g_object_new (SOBAN_TYPE_RECORDS_PAGE, NULL);

  self->list = SOBAN_RECORD_LIST (soban_record_list_new (store, form));
  self->record = SOBAN_RECORD_PAGE (soban_record_page_new (store));
  self->panes = SOBAN_TWO_PANE (soban_two_pane_new (GTK_WIDGET (self->list), GTK_WIDGET (self->record)));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->panes));
  g_signal_connect_object (self->list, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->panes, "notify::folded", G_CALLBACK (on_notify_folded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (soban_record_list_get_model (self->list), "settled", G_CALLBACK (on_settled), self, G_CONNECT_SWAPPED);
  on_notify_folded (self);
  on_settled (self);
  return GTK_WIDGET (self);
}
