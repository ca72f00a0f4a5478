package app

import (
	"bytes"
	"context"
	"errors"

	"stowage/devices/store"
	"stowage/gui"
	"stowage/gui/widgets"
)

// AskDatabasePassword asks for the password of the register's database, and waits for
// the answer: school.Options.DatabasePassword. It is called from jobs. Whoever turns
// back gives context.Canceled. The caller wipes the password.
func (p *Place) AskDatabasePassword(ctx context.Context) ([]byte, error) {
	p.mu.Lock()
	s, known := p.asker, p.password
	p.mu.Unlock()
	if s == nil {
		return nil, store.ErrPassword
	}
	if known != nil && len(known.password) > 0 {
		return bytes.Clone(known.password), nil
	}
	answer := make(chan []byte, 1) // so that nobody waits to give it
	var dialog *widgets.Dialog
	s.Do(func() { dialog = ShowDatabasePassword(s, answer) })
	select {
	case password := <-answer:
		if len(password) == 0 {
			return nil, context.Canceled
		}
		if known != nil {
			known.password = bytes.Clone(password)
		}
		return password, nil
	case <-ctx.Done():
		s.Do(func() { dialog.Close() })
		return nil, ctx.Err()
	}
}

// answered is the database's password as it was answered.
type answered struct{ password []byte }

// rememberPassword has the database's password asked for once only, until the
// returned function wipes it: for what connects to it more than once.
func (p *Place) rememberPassword() (forget func()) {
	known := &answered{}
	p.mu.Lock()
	p.password = known
	p.mu.Unlock()
	return func() {
		p.mu.Lock()
		p.password = nil
		p.mu.Unlock()
		clear(known.password)
	}
}

// ShowDatabasePassword shows the question. The answer is empty when it is left.
func ShowDatabasePassword(s *gui.Session, answer chan<- []byte) *widgets.Dialog {
	w := s.Words
	var entry *widgets.Passphrase
	var dialog *widgets.Dialog
	answered := false
	end := func(password []byte) {
		if answered {
			clear(password)
			return
		}
		answered = true
		entry.Clear()
		dialog.Close()
		answer <- password
	}
	send := func() {
		if !entry.Empty() {
			end(entry.Take())
		}
	}
	connect := widgets.NewPrimary(w.T("place.password.do"), nil, send)
	entry = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("place.password"), Submit: send, Changed: func() {
		s.Used()
		connect.SetEnabled(!entry.Empty())
	}})
	connect.Disable()
	leave := func() { end(nil) }
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(w.T("widgets.cancel"), nil, leave), connect)
	dialog = widgets.ShowDialog(s.Window.Canvas(), w.T("place.password"), widgets.Column(3, widgets.Body(w.T("place.password.text")), entry.View, buttons), leave)
	s.Window.Canvas().Focus(entry.Focus())
	return dialog
}

// WithDatabasePassword runs do without a password, and once more with one if the server
// wants one that no file has.
func (p *Place) WithDatabasePassword(ctx context.Context, do func(password []byte) error) error {
	err := do(nil)
	if !errors.Is(err, store.ErrPassword) {
		return err
	}
	password, asked := p.Options.DatabasePassword(ctx)
	if asked != nil {
		return errors.Join(err, asked)
	}
	defer clear(password)
	return do(password)
}
