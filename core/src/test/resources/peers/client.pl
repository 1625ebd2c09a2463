# SPDX-License-Identifier: Apache-2.0
# A client by Gearman::Client: client.pl PORT COMMAND FUNCTION [ARGUMENT...]
use strict;
use warnings;
use Gearman::Client;

$| = 1;
my ($port, $command, $function, @arguments) = @ARGV;
my $client = Gearman::Client->new(job_servers => ["127.0.0.1:$port"], exceptions => 1);

sub call {
    my ($payload, $unique, $priority) = @_;
    my $tasks = $client->new_task_set;
    $tasks->add_task($function, $payload, {
        uniq         => $unique,
        priority     => $priority,
        on_data      => sub { print "data ${$_[0]}\n" },
        on_warning   => sub { print "warning ${$_[0]}\n" },
        on_status    => sub { print "status $_[0]/$_[1]\n" },
        on_complete  => sub { print "complete ${$_[0]}\n" },
        on_fail      => sub { print "fail\n" },
        on_exception => sub { print "exception $_[0]\n" },
    });
    $tasks->wait;
}

sub bytes {
    my ($size, $range) = @_;
    my $payload = join "", map { chr($_ % $range) } 0 .. $size - 1;
    my $result = $client->do_task($function, \$payload);
    print $$result eq reverse($payload) ? "reversed\n" : "wrong\n";
}

sub background {
    my ($payload, $unique, $priority) = @_;
    return $client->dispatch_background(
        $function, $payload, { uniq => $unique, priority => $priority });
}

# Submits in background, then asks for the status of the job at each line of input.
sub status {
    my $handle = background('work', '', 'normal');
    print "created\n";
    while (<STDIN>) {
        my $status = $client->get_status($handle);
        my ($done, $total) = @{ $status->progress || [0, 0] };
        printf "status %d %d %d/%d\n", $status->known, $status->running, $done, $total;
    }
}

my %commands = (
    call       => \&call,
    bytes      => \&bytes,
    background => sub { background(@_); print "created\n" },
    status     => \&status,
);
$commands{$command}->(@arguments);
