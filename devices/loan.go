package devices

import "time"

// LoanDetails is what is agreed when a device is issued.
type LoanDetails struct {
	Version int64     // the device's as last read, or 0 not to compare
	Holder  string    // the holder's id
	From    time.Time // zero: now
	Days    int       // the policy's length of a loan, in days of the calendar; used if Due is zero
	Due     time.Time // as [DueOn] has it; zero, with Days 0 too: the loan has no end
	Note    string    // may have several lines
}

// A Loan is a device in a holder's hands. It stays on record for ever.
type Loan struct {
	ID         string    `json:"id"`      // UUID
	Version    int64     `json:"version"` // the number of the last event that changed it
	Device     string    `json:"device"`  // the device's id
	Holder     string    `json:"holder"`  // the holder's id
	From       time.Time `json:"from"`
	Due        time.Time `json:"due,omitzero"`
	Extensions int       `json:"extensions,omitempty"` // how many times it was extended
	Ended      time.Time `json:"ended,omitzero"`       // zero while the device is not back
	Outcome    State     `json:"outcome,omitempty"`    // the state it ended with: returned, in stock, issued (to another), retired, destroyed
	Condition  string    `json:"condition,omitempty"`  // of the device when it came back
}

// Facts is what is known about an action on a device; see [Register.Act].
type Facts struct {
	Version   int64     // the device's as last read, or 0 not to compare
	Happened  time.Time // zero: now
	Note      string    // circumstances; may have several lines
	Condition string    // Return: the state of the thing
	Method    string    // Destroy: how it was done (required)
	Witness   string    // Destroy: who saw it
}
