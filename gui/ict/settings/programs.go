package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/programs"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// programs are those that ICT approved for sticks.
func (t *settings) programs(st published) fyne.CanvasObject {
	w := t.s.Words
	rows := widgets.Column(2, widgets.Heading(w.T("programs.title")), widgets.Body(w.T("programs.text")))
	if st.programsErr != nil {
		rows.Add(widgets.NewBanner(t.s.Explain(st.programsErr)).View)
	}
	for _, p := range st.programs {
		remove := widgets.NewQuiet(w.T("programs.remove"), widgets.Icon("remove").Resource(), func() { t.removeProgram(p) })
		line := w.T("programs.line", "name", wording.ProgramName(w, p.Name), "version", wording.ShortVersion(p.Version), "size", w.Size(p.Size))
		rows.Add(container.NewBorder(nil, nil, nil, remove, widgets.Body(line)))
	}
	add := widgets.NewButton(w.T("programs.add"), widgets.Icon("add").Resource(), func() {
		t.s.Choose.File(w.T("programs.add"), t.addProgram)
	})
	rows.Add(widgets.Row(2, add))
	return rows
}

// addProgram approves a program for sticks.
func (t *settings) addProgram(path string) {
	t.p.WithAuthority(t.s, "programs.why", func(*school.School) {
		app.Work(t.p, t.s, t.s.Words.T("programs.adding"), func(ctx context.Context, s *school.School, p jobs.Progress) (stick.Program, error) {
			return programs.Add(ctx, s, path, p)
		}, func(added stick.Program, err error) {
			if err != nil {
				t.s.Fail(err)
				return
			}
			w := t.s.Words
			t.s.Toast(w.T("programs.added", "name", wording.ProgramName(w, added.Name), "version", wording.ShortVersion(added.Version)), nil)
			t.load()
		})
	})
}

// removeProgram puts a program on no more sticks.
func (t *settings) removeProgram(program stick.Program) {
	t.p.WithAuthority(t.s, "programs.why", func(*school.School) {
		app.Work(t.p, t.s, t.s.Words.T("programs.adding"), func(_ context.Context, s *school.School, _ jobs.Progress) (int, error) {
			return 0, programs.Remove(s, program.Name)
		}, func(_ int, err error) {
			if err != nil {
				t.s.Fail(err)
				return
			}
			t.load()
		})
	})
}
