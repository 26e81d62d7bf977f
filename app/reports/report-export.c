/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-export.h"

#include <glib/gi18n-lib.h>

#include "compat/file-pick.h"
#include "reports/report-document.h"
#include "reports/report-sheet.h"
#include "trouble/trouble-text.h"

typedef gboolean (*Write) (SobanReport *report, const char *path, GError **error);

typedef struct {
  GtkWidget *parent;
  SobanStore *store;
  SobanPeriod *period;
  SobanReport *report; /* (nullable) until it is read */
  Write write;         /* (nullable): NULL = it is printed */
  char *path;
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->parent);
  g_object_unref (export->store);
  soban_period_free (export->period);
  g_clear_pointer (&export->report, soban_report_unref);
  g_free (export->path);
  g_free (export);
}

static Export *
export_new (GtkWidget *parent, SobanStore *store, const SobanPeriod *period)
{
  Export *export = g_new0 (Export, 1);

  export->parent = g_object_ref (parent);
  export->store = g_object_ref (store);
  export->period = soban_period_parse (period->text);
  return export;
}

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Export *export = data;

  export->report = soban_report_read_whole (store, export->period, error);
  return export->report != NULL;
}

/* Whether @export has its report now; where it has none, that was told. */
static gboolean
finish_reading (Export *export, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (soban_store_run_finish (export->store, result, &error)) {
    return TRUE;
  }
  sentence = soban_trouble_text (error);
  gtk_widget_activate_action (export->parent, "win.tell", "s", sentence);
  return FALSE;
}

static void
run_writing (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Export *export = task_data;
  GError *error = NULL;

  if (export->write (export->report, export->path, &error)) {
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, error);
  }
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  const Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (export->path);
  g_autofree char *sentence = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error)) {
    sentence = g_strdup_printf (_("Saved: %s"), name);
  } else {
    g_message ("%s", error->message);
    sentence = g_strdup_printf (_("%s could not be written there. Choose another folder, or free some space."), name);
  }
  gtk_widget_activate_action (export->parent, "win.tell", "s", sentence);
}

static void
on_read_for_file (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GTask) task = NULL;

  if (!finish_reading (export, result)) {
    export_free (export);
    return;
  }
  task = g_task_new (export->parent, NULL, on_written, NULL);
  g_task_set_task_data (task, export, (GDestroyNotify)export_free);
  g_task_run_in_thread (task, run_writing);
}

static void
on_file_chosen (GFile *file, gpointer data)
{
  Export *export = data;

  if (file == NULL) {
    export_free (export);
    return;
  }
  export->path = g_file_get_path (file);
  soban_store_run_async (export->store, run_reading, export, NULL, NULL, on_read_for_file, export);
}

static void
start_export (GtkWidget *parent, SobanStore *store, const SobanPeriod *period, Write write, const char *ending)
{
  g_autofree char *name = g_strdup_printf ("soban-%s.%s", period->text, ending);
  Export *export = export_new (parent, store, period);

  export->write = write;
  soban_file_save (parent, _("Save the report"), name, on_file_chosen, export);
}

void
soban_report_export_pdf (GtkWidget *parent, SobanStore *store, const SobanPeriod *period)
{
  start_export (parent, store, period, soban_report_document_write, "pdf");
}

void
soban_report_export_sheet (GtkWidget *parent, SobanStore *store, const SobanPeriod *period)
{
  start_export (parent, store, period, soban_report_sheet_write, "xlsx");
}

/* ---- printing ---- */

typedef struct {
  SobanReport *report;
  SobanReportDocument *document;
} Printing;

static void
printing_free (gpointer data, GClosure *closure)
{
  Printing *printing = data;

  g_clear_pointer (&printing->document, soban_report_document_free);
  soban_report_unref (printing->report);
  g_free (printing);
}

static void
on_begin_print (GtkPrintOperation *operation, GtkPrintContext *context, Printing *printing)
{
  printing->document = soban_report_document_new (printing->report, gtk_print_context_get_cairo_context (context),
                                                  gtk_print_context_get_width (context), gtk_print_context_get_height (context));
  gtk_print_operation_set_n_pages (operation, (int)soban_report_document_count_pages (printing->document));
}

static void
on_draw_page (GtkPrintOperation *operation, GtkPrintContext *context, int page, Printing *printing)
{
  soban_report_document_draw (printing->document, gtk_print_context_get_cairo_context (context), (guint)page);
}

static void
print_report (GtkWidget *parent, SobanReport *report)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) paper = gtk_paper_size_new (GTK_PAPER_NAME_A4);
  g_autoptr (GError) error = NULL;
  Printing *printing = g_new0 (Printing, 1);

  printing->report = soban_report_ref (report);
  gtk_page_setup_set_paper_size (setup, paper);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_use_full_page (operation, TRUE);
  gtk_print_operation_set_job_name (operation, report->period_label);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin_print), printing);
  g_signal_connect_data (operation, "draw-page", G_CALLBACK (on_draw_page), printing, printing_free, 0);
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, &error)
      == GTK_PRINT_OPERATION_RESULT_ERROR) {
    g_message ("Printing: %s", error->message);
    gtk_widget_activate_action (parent, "win.tell", "s", _("It could not be printed. Look whether the printer is on."));
  }
}

static void
on_read_for_print (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;

  if (finish_reading (export, result)) {
    print_report (export->parent, export->report);
  }
  export_free (export);
}

void
soban_report_print (GtkWidget *parent, SobanStore *store, const SobanPeriod *period)
{
  Export *export = export_new (parent, store, period);

  soban_store_run_async (store, run_reading, export, NULL, NULL, on_read_for_print, export);
}
