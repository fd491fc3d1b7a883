# A message centre made of Net::SMPP, which somebody else wrote. It listens on a free port of loopback, prints the port, and then a
# line of JSON for every PDU that comes in, as Net::SMPP reads it. It ends when its standard input does.
#
# What it does with a message is decided by the end of the number: 404 it refuses, 429 it has no time for, all others it takes, and
# sends a receipt at once if one was asked for: of failure for 500, else of delivery. Names are hexadecimal in answers and decimal in
# receipts, as with some centres that exist.
use strict;
use warnings;
use Net::SMPP;
use JSON::PP;

my $quiet = @ARGV && $ARGV[0] eq 'quiet';
$SIG{CHLD} = 'IGNORE';
$SIG{__WARN__} = sub { print STDERR @_ unless $_[0] =~ /^premature eof/ };    # how Net::SMPP says that a client went away
my $json = JSON::PP->new->canonical->latin1;

sub report {
    my ($command, $pdu) = @_;
    return if $quiet;
    my %told = (command => $command);
    for my $name (qw(status system_id password source_addr_ton source_addr_npi source_addr dest_addr_ton dest_addr_npi
        destination_addr esm_class validity_period registered_delivery data_coding)) {
        $told{$name} = "$pdu->{$name}" if defined $pdu->{$name};
    }
    $told{text} = unpack 'H*', $pdu->{short_message} if defined $pdu->{short_message};
    syswrite STDOUT, $json->encode(\%told) . "\n";
}

sub submitted {
    my ($peer, $pdu, $id) = @_;
    my $to = $pdu->{destination_addr};
    return $peer->submit_sm_resp(seq => $pdu->{seq}, status => 0x0B, message_id => '') if $to =~ /404$/;
    return $peer->submit_sm_resp(seq => $pdu->{seq}, status => 0x58, message_id => '') if $to =~ /429$/;
    $peer->submit_sm_resp(seq => $pdu->{seq}, message_id => sprintf '%08X', $id);
    return unless $pdu->{registered_delivery} & 1;
    my $state = $to =~ /500$/ ? 'UNDELIV' : 'DELIVRD';
    $peer->deliver_sm(async => 1, esm_class => 4, source_addr => $to, destination_addr => $pdu->{source_addr},
        short_message => sprintf 'id:%010d sub:001 dlvrd:001 submit date:2611260300 done date:2611260301 stat:%s err:000 text:', $id, $state);
}

sub serve {
    my ($peer) = @_;
    $peer->set_version(0x34);
    my $id = 0x7F3A00;
    while (my $pdu = $peer->read_pdu()) {
        my $command = $pdu->{cmd};
        if ($command == 0x01 || $command == 0x02 || $command == 0x09) {
            report('bind', $pdu);
            my %answer = (seq => $pdu->{seq}, system_id => 'perl');
            $answer{status} = $pdu->{system_id} ne 'SMPP3TEST' ? 0x0F : $pdu->{password} ne 'secret08' ? 0x0E : 0;
            $command == 0x01 ? $peer->bind_receiver_resp(%answer)
              : $command == 0x02 ? $peer->bind_transmitter_resp(%answer) : $peer->bind_transceiver_resp(%answer);
            $peer->enquire_link(async => 1) unless $answer{status};
        }
        elsif ($command == 0x04) { report('submit_sm', $pdu); submitted($peer, $pdu, $id++) }
        elsif ($command == 0x06) { report('unbind', $pdu); $peer->unbind_resp(seq => $pdu->{seq}); return }
        elsif ($command == 0x15) { report('enquire_link', $pdu); $peer->enquire_link_resp(seq => $pdu->{seq}) }
        elsif ($command == 0x80000005) { report('deliver_sm_resp', $pdu) }
        elsif ($command == 0x80000015) { report('enquire_link_resp', $pdu) }
        else { report(sprintf('0x%08X', $command), $pdu) }
    }
}

my $listen = Net::SMPP->new_listen('127.0.0.1', port => 0, listen => 8) or die "listening: $!";
if (!fork) {    # ends everything with standard input, so that nothing is left when a test program is killed
    1 while sysread STDIN, my $nothing, 1;
    kill 'TERM', -getpgrp;
    exit;
}
syswrite STDOUT, $listen->sockport . "\n";
while (1) {
    my $peer = $listen->accept or next;
    next if fork;
    close $listen;
    serve($peer);
    exit;
}
