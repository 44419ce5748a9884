//! The Graph API's sockets, which can be refused, hung up on, or cut in the middle of an answer.
//!
//! Invariant: while the wire is not up, no byte of a request is read, on new connections and on
//! kept ones.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The state of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Connections are served.
    Up,
    /// Connections are taken and closed unread.
    HangUp,
    /// Nobody listens.
    Refuse,
    /// The simulator has stopped.
    Down,
}

/// The listening end.
pub(crate) struct Lines {
    socket: Option<TcpListener>,
    addr: SocketAddr,
    wire: watch::Receiver<Wire>,
}

impl Lines {
    pub(crate) fn new(socket: TcpListener, wire: watch::Receiver<Wire>) -> io::Result<Lines> {
        let addr = socket.local_addr()?;
        Ok(Lines { socket: Some(socket), addr, wire })
    }

    async fn wire_changes(&mut self) {
        if self.wire.changed().await.is_err() {
            pending::<()>().await;
        }
    }

    async fn socket(&mut self) -> io::Result<TcpListener> {
        match self.socket.take() {
            Some(socket) => Ok(socket),
            None => TcpListener::bind(self.addr).await,
        }
    }
}

impl Listener for Lines {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            let wire = *self.wire.borrow_and_update();
            if matches!(wire, Wire::Refuse | Wire::Down) {
                self.socket = None;
                self.wire_changes().await;
                continue;
            }
            let accepted = match self.socket().await {
                Ok(socket) => {
                    let accepted = tokio::select! {
                        () = self.wire_changes() => None,
                        accepted = socket.accept() => Some(accepted),
                    };
                    self.socket = Some(socket);
                    accepted
                }
                Err(error) => Some(Err(error)),
            };
            match accepted {
                Some(Ok((tcp, peer))) if wire == Wire::Up => {
                    return (Line::new(tcp, self.wire.clone()), peer);
                }
                Some(Ok(_)) | None => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "the simulator cannot take connections, trying again");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addr)
    }
}

/// Cuts one connection before another byte is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Lines>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Cut {
        stream.io().cut.clone()
    }
}

/// One connection.
pub(crate) struct Line {
    tcp: TcpStream,
    cut: Cut,
    hung_up: bool,
    hang_up: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Line {
    fn new(tcp: TcpStream, mut wire: watch::Receiver<Wire>) -> Line {
        let hang_up = Box::pin(async move {
            // An error means that the simulator is gone, which is a hang-up as well.
            let _ = wire.wait_for(|wire| *wire != Wire::Up).await;
        });
        Line { tcp, cut: Cut::default(), hung_up: false, hang_up }
    }

    fn broken(&mut self, cx: &mut Context<'_>) -> bool {
        self.hung_up = self.hung_up || self.hang_up.as_mut().poll(cx).is_ready();
        self.hung_up || self.cut.0.load(Ordering::SeqCst)
    }
}

fn reset<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.broken(cx) {
            return reset();
        }
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken(cx) {
            return reset();
        }
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
