package smsgate

// TwilioSignature is for tests that report as Twilio does.
var TwilioSignature = twilioSignature
