// Package gui is the window: its look, its navigation and its menus, and the
// session that the screens work in. The screens themselves are in gui/screens, gui/staff,
// gui/setup and the rooms of gui/ict.
//
// # For who writes a screen
//
//	type lost struct {
//		s    *gui.Session
//		form *widgets.Button
//	}
//
//	func newLost(s *gui.Session) gui.Screen { return &lost{s: s} }
//
//	func (l *lost) Title() string { return l.s.Words.T("lost.title") }
//
//	func (l *lost) Content() fyne.CanvasObject {
//		send := widgets.NewPrimary(l.s.Words.T("lost.send"), nil, l.send)
//		return widgets.Narrow(4, widgets.Body(l.s.Words.T("lost.intro")), send)
//	}
//
//	func (l *lost) send() {
//		jobs.Run(l.s.Jobs, l.s.Words.T("lost.sending"), func(ctx context.Context, p jobs.Progress) (string, error) {
//			return report(ctx) // on a goroutine of its own: no widgets here
//		}, func(path string, err error) { // back on the window's goroutine
//			if err != nil {
//				l.s.Fail(err)
//				return
//			}
//			l.s.Toast(l.s.Words.T("lost.sent"), nil)
//			l.s.Back()
//		})
//	}
//
// and in the list of pages:
//
//	{ID: "lost", Side: gui.Staff, Name: "lost.title", Hint: "lost.hint", Icon: widgets.IconLost, Key: fyne.Key3, New: newLost}
//
// The text goes into i18n/text/lost.en.json and lost.cy.json. Tests use gui/guitest.
//
// # Promised
//
// The window fits into 1024x700 at every text size. It cannot be closed in the
// middle of work, or away from a screen that asks first, without a question.
// Without a display or cgo, all of it runs on Fyne's software driver.
//
// # Not promised
//
// Nothing here is safe for concurrent use, Session.Do, Session.Jobs and
// Session.Words apart: all of it belongs to the goroutine that owns the widgets.
package gui
