/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reports/report-export.h"

#include <glib/gi18n-lib.h>

#include "compat/file-pick.h"
#include "reports/report-document.h"
#include "reports/report-sheet.h"

typedef gboolean (*Write) (SobanReport *report, const char *path, GError **error);

typedef struct {
  GtkWidget *parent;
  SobanReport *report;
  Write write;
  char *path;
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->parent);
  soban_report_unref (export->report);
  g_free (export->path);
  g_free (export);
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
on_file_chosen (GFile *file, gpointer data)
{
  Export *export = data;
  g_autoptr (GTask) task = g_task_new (export->parent, NULL, on_written, NULL);

  if (file == NULL) {
    export_free (export);
    return;
  }
  export->path = g_file_get_path (file);
  g_task_set_task_data (task, export, (GDestroyNotify)export_free);
  g_task_run_in_thread (task, run_writing);
}

static void
start_export (GtkWidget *parent, SobanReport *report, Write write, const char *ending)
{
  g_autofree char *name = g_strdup_printf ("soban-%s.%s", report->period->text, ending);
  Export *export = g_new0 (Export, 1);

  export->parent = g_object_ref (parent);
  export->report = soban_report_ref (report);
  export->write = write;
  soban_file_save (parent, _("Save the report"), name, on_file_chosen, export);
}

void
soban_report_export_pdf (GtkWidget *parent, SobanReport *report)
{
  start_export (parent, report, soban_report_document_write, "pdf");
}

void
soban_report_export_sheet (GtkWidget *parent, SobanReport *report)
{
  start_export (parent, report, soban_report_sheet_write, "xlsx");
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

void
soban_report_print (GtkWidget *parent, SobanReport *report)
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
