package stick

import (
	"slices"

	"stowage/crypt/keys"
)

// Note returns what the school signed about the stick.
func (s *Stick) Note() Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note
}

// Head returns the newest state, to be remembered for [OpenOptions.LastSeen].
func (s *Stick) Head() Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	head := s.head()
	return Head{head.Seq, head.Digest}
}

// Warnings returns what was not as it should be on the stick when it was opened.
func (s *Stick) Warnings() []Warning {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.warnings)
}

// ReadOnly reports whether the stick was opened for reading only.
func (s *Stick) ReadOnly() bool { return s.o.ReadOnly }

// MustChangePassphrase reports whether the stick was opened with a passphrase
// that ICT knows and that the holder must change before anything else. The
// caller decides what is refused until then; see [keys.ErrMustChange].
func (s *Stick) MustChangePassphrase() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mustChange
}

// Holder returns whose key the stick was opened with; ok is false when it was
// the recovery key or a recovery code.
func (s *Stick) Holder() (holder keys.Holder, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked.holder == nil {
		return keys.Holder{}, false
	}
	return s.unlocked.holder.Holder, true
}

// Verifier returns the note verifier key of the stick's school.
func (s *Stick) Verifier() string { return s.unlocked.verifier }
