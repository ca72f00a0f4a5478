package store

import (
	"context"

	"stowage/devices"
)

const loanColumns = "id, version, device_id, holder_id, begun, due, extensions, ended, outcome, condition"

// Loan implements [devices.Reader].
func (s *session) Loan(ctx context.Context, id string) (devices.Loan, error) {
	return one(ctx, s, scanLoan, "SELECT "+loanColumns+" FROM loans WHERE id = ?", id)
}

// LoansWithID implements [devices.Reader].
func (s *session) LoansWithID(ctx context.Context, ids []string) ([]devices.Loan, error) {
	return withID(ctx, s, scanLoan, loanColumns, "loans", ids)
}

// Loans implements [devices.Reader].
func (s *session) Loans(ctx context.Context, q devices.LoanQuery) ([]devices.Loan, error) {
	f := &filter{}
	if q.Device != "" {
		f.add("device_id = ?", q.Device)
	}
	if q.Holder != "" {
		f.add("holder_id = ?", q.Holder)
	}
	if q.Open {
		f.add("ended = ''")
	}
	return all(ctx, s, scanLoan, "SELECT "+loanColumns+" FROM loans"+f.where()+" ORDER BY row DESC", f.args...)
}

// PutLoan implements [devices.Tables].
func (s *session) PutLoan(ctx context.Context, l devices.Loan) error {
	return s.put(ctx, "loans", []field{
		{"id", l.ID},
		{"version", l.Version},
		{"device_id", l.Device},
		{"holder_id", l.Holder},
		{"begun", timeText(l.From)},
		{"due", timeText(l.Due)},
		{"extensions", l.Extensions},
		{"ended", timeText(l.Ended)},
		{"outcome", string(l.Outcome)},
		{"condition", l.Condition},
	})
}

func scanLoan(r row) (devices.Loan, error) {
	var l devices.Loan
	var begun, due, ended, outcome string
	if err := r.Scan(&l.ID, &l.Version, &l.Device, &l.Holder, &begun, &due, &l.Extensions, &ended, &outcome, &l.Condition); err != nil {
		return devices.Loan{}, err
	}
	check := reading{record: "loan", id: l.ID}
	l.From, l.Due, l.Ended = check.must("begun", begun), check.time("due", due), check.time("ended", ended)
	switch l.Outcome = devices.State(outcome); {
	case (outcome != "") != (ended != ""):
		check.fail("outcome", outcome)
	case outcome != "" && rank(l.Outcome) < 0:
		check.unknown("outcome", outcome)
	}
	return l, check.err
}
